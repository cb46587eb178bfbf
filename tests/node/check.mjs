// Checks our frozen credentials with libraries that are not ours: every good one holds, every spoilt one is
// refused. Nothing is fetched: contexts and DID documents come from this checkout. Prints one line of JSON.

import {readFile, readdir} from 'node:fs/promises';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {decodeProtectedHeader, importJWK, jwtVerify} from 'jose';

const [own, contexts] = process.argv.slice(2);
const now = new Date('2026-06-01T12:00:00Z');
const json = async path => JSON.parse(await readFile(path, 'utf8'));

const documents = new Map([
  ['https://www.w3.org/ns/credentials/v2', await json(`${contexts}/credentials-v2.jsonld`)],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json', await json(`${contexts}/openbadges-3.0.3.json`)],
  ['https://purl.imsglobal.org/spec/ob/v3p0/extensions.json', await json(`${contexts}/openbadges-extensions.json`)],
]);
const methods = new Map();
for(const name of ['programme', 'employer']) {
  const did = await json(`${own}/did/${name}.json`);
  documents.set(did.id, did);
  for(const method of did.verificationMethod) {
    methods.set(method.id, method);
    documents.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  }
}

async function documentLoader(url) {
  if(!documents.has(url)) {
    throw new Error(`nothing is fetched: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: documents.get(url)};
}

async function checkDocument(text) {
  const suite = new DataIntegrityProof({cryptosuite});
  const checkStatus = async () => ({verified: true});
  const result = await vc.verifyCredential({credential: JSON.parse(text), suite, documentLoader, checkStatus, now});
  if(!result.verified) {
    throw result.error;
  }
}

async function checkToken(token) {
  const {kid} = decodeProtectedHeader(token);
  const method = methods.get(`${kid}-jwk`);
  const key = await importJWK(method.publicKeyJwk, 'EdDSA');
  await jwtVerify(token, key, {algorithms: ['EdDSA'], typ: 'vc+jwt', currentDate: now});
}

async function holds(path) {
  try {
    const text = await readFile(path, 'utf8');
    await (path.endsWith('.jwt') ? checkToken(text) : checkDocument(text));
    return true;
  } catch(error) {
    if(process.env.VERBOSE) {
      console.error(path, error.errors?.map(one => one.message) ?? error.message);
    }
    return false;
  }
}

const good = [
  'entry.json', 'entry.jwt', 'endorsement.json', 'status/revocation.json',
  'entry-by-evidence.json', 'entry-by-evidence.jwt', 'endorsement-by-evidence.json', 'confirmed-by-evidence.json',
];
const spoilt = (await readdir(`${own}/spoilt`, {withFileTypes: true})).filter(one => one.isFile());
const accepted = [];
for(const name of [...good, ...spoilt.map(one => `spoilt/${one.name}`)]) {
  if(await holds(`${own}/${name}`)) {
    accepted.push(name);
  }
}
console.log(JSON.stringify({accepted, good, checked: good.length + spoilt.length}));
