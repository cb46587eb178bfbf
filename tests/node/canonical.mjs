// node canonical.mjs CONTEXTS DOCUMENTS: prints the SHA-256 of the canonical form of each document, as jsonld in safe
// mode and rdf-canonize have it, or why there is none. Contexts come from the file alone, nothing from the network.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import jsonld from 'jsonld';
import * as rdfCanonize from 'rdf-canonize';

const [contexts, documents] = process.argv.slice(2, 4).map((path) => JSON.parse(readFileSync(path, 'utf8')));

const documentLoader = async (url) => {
  if(!(url in contexts)) {
    throw new Error(`not one of our contexts: ${url}`);
  }
  return {documentUrl: url, document: contexts[url], contextUrl: null};
};

for(const document of documents) {
  let line;
  try {
    const dataset = await jsonld.toRDF(document, {documentLoader, safe: true, rdfDirection: null});
    const text = await rdfCanonize.canonize(dataset, {algorithm: 'RDFC-1.0', maxWorkFactor: 3});
    line = createHash('sha256').update(text).digest('hex');
  } catch(error) {
    line = `${error.name}: ${error.message} ${JSON.stringify(error.details?.event ?? '')}`.replaceAll('\n', ' ');
  }
  console.log(line);
}
