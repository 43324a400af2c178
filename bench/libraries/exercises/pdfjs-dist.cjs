exports.late = 'a worker script by name, character maps';
exports.packages = ['pdfjs-dist'];
exports.run = async () => {
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const source =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>';
  const document = await pdfjs.getDocument({ data: new Uint8Array(Buffer.from(source)), verbosity: 0 }).promise;
  return document.numPages;
};
