// node bench.mjs FILE: how often a second @digitalbazaar/vc verifies and issues a credential, warm. The file has the
// contexts, the secured credential and the DID document of its issuer; the key that issues is made here.
import {readFileSync} from 'node:fs';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';

const {contexts, credential, issuer, seconds} = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const documents = {...contexts, [issuer.id]: issuer};
for(const method of issuer.verificationMethod) {
  documents[method.id] = {'@context': 'https://w3id.org/security/multikey/v1', ...method};
}
const documentLoader = async (url) => {
  if(!(url in documents)) {
    throw new Error(`nothing is fetched: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: documents[url]};
};

const unsigned = {...credential};
delete unsigned.proof;
const made = await Ed25519Multikey.generate({id: credential.proof.verificationMethod, controller: issuer.id});
const verifying = new DataIntegrityProof({cryptosuite});
const signing = new DataIntegrityProof({cryptosuite, signer: made.signer()});
const now = new Date(credential.validFrom);

const verify = async () => {
  const checkStatus = async () => ({verified: true});
  const result = await vc.verifyCredential({credential, suite: verifying, documentLoader, checkStatus, now});
  if(!result.verified) {
    throw result.error;
  }
};
const issue = () => vc.issue({credential: structuredClone(unsigned), suite: signing, documentLoader, now});

const rate = async (operation) => {
  for(let i = 0; i < 100; i++) {
    await operation();
  }
  let best = Infinity;
  const end = performance.now() + 1000 * seconds;
  while(performance.now() < end) {
    const start = performance.now();
    for(let i = 0; i < 20; i++) {
      await operation();
    }
    best = Math.min(best, (performance.now() - start) / 20);
  }
  return 1000 / best;
};

console.log(JSON.stringify({verify: await rate(verify), issue: await rate(issue)}));
