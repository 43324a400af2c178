exports.late = 'protos and client configs in JSON files';
exports.packages = ['@google-cloud/firestore'];
exports.run = async () => {
  const { Firestore, v1 } = require('@google-cloud/firestore');
  const db = new Firestore({ projectId: 'p', host: '127.0.0.1:9', ssl: false });
  return [
    db.doc('a/b').path,
    typeof new v1.FirestoreClient({ projectId: 'p' }).listDocuments,
    await db
      .doc('a/b')
      .get()
      .catch((error) => error.code),
  ];
};
