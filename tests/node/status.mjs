// Asks libraries that are not ours what they make of our entries in each status. FOLDER has entries/, lists/STATE/
// and did/, CONTEXTS the contexts; nothing is fetched. Prints one line of JSON: for each
// library, whether it accepts each entry in each state.

import {readFile, readdir} from 'node:fs/promises';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {DataIntegrityProof as DataIntegrityProof2} from '@digitalcredentials/data-integrity';
import {cryptosuite as cryptosuite2} from '@digitalcredentials/eddsa-rdfc-2022-cryptosuite';
import * as vc2 from '@digitalcredentials/vc';
import {checkStatus as checkStatus2} from '@digitalcredentials/vc-bitstring-status-list';

const [folder, contexts] = process.argv.slice(2);
const now = new Date('2026-06-01T12:00:00Z');
const json = async path => JSON.parse(await readFile(path, 'utf8'));
let state;

const documents = new Map([
  ['https://www.w3.org/ns/credentials/v2', await json(`${contexts}/credentials-v2.jsonld`)],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json', await json(`${contexts}/openbadges-3.0.3.json`)],
  ['https://purl.imsglobal.org/spec/ob/v3p0/extensions.json', await json(`${contexts}/openbadges-extensions.json`)],
]);
for(const name of await readdir(`${folder}/did`)) {
  const did = await json(`${folder}/did/${name}`);
  documents.set(did.id, did);
  documents.set(`https://${did.id.slice('did:web:'.length).replaceAll(':', '/')}/did.json`, did);
  for(const method of did.verificationMethod) {
    documents.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  }
}

async function find(url) {
  const list = /\/status\/1\/([a-z]+)$/.exec(url);
  const document = list ? await json(`${folder}/lists/${state}/${list[1]}.json`) : documents.get(url);
  if(!document) {
    throw new Error(`nothing is fetched: ${url}`);
  }
  return document;
}

async function documentLoader(url) {
  return {contextUrl: null, documentUrl: url, document: await find(url)};
}

// verifier-core brings a loader of its own, which fetches: it must come after this
globalThis.fetch = async request => Response.json(await find(request.url ?? String(request)));
const {verifyCredential} = await import('@digitalcredentials/verifier-core');

const libraries = {
  // its `verified` says that the status could be read, and its result what the status is
  '@digitalbazaar/vc': async credential => {
    const suite = new DataIntegrityProof({cryptosuite});
    const {verified, statusResult} = await vc.verifyCredential({credential, suite, documentLoader, checkStatus, now});
    return verified && statusResult.results.every(one => !one.status);
  },
  '@digitalcredentials/vc': async credential => {
    const suite = new DataIntegrityProof2({cryptosuite: cryptosuite2});
    const options = {checkStatus: checkStatus2, verifyMatchingIssuers: false, now};
    return (await vc2.verifyCredential({credential, suite, documentLoader, ...options})).verified;
  },
  // it has no register of issuers here: all its other steps must pass
  '@digitalcredentials/verifier-core': async credential => {
    const {log, errors} = await verifyCredential({credential, knownDIDRegistries: []});
    return !errors && log.filter(({id}) => id !== 'registered_issuer').every(({valid}) => valid === true);
  },
};

const said = {};
for(const [library, accepts] of Object.entries(libraries)) {
  said[library] = {};
  for(const entry of await readdir(`${folder}/entries`)) {
    const credential = await json(`${folder}/entries/${entry}`);
    for(state of await readdir(`${folder}/lists`)) {
      said[library][`${entry.replace('.json', '')} ${state}`] = await accepts(structuredClone(credential));
    }
  }
}
console.log(JSON.stringify(said));
