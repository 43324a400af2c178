exports.late = 'services that load when they are used';
exports.packages = ['firebase-admin'];
exports.run = async () => {
  const admin = require('firebase-admin');
  const app = admin.initializeApp({ projectId: 'p' });
  return [typeof app.auth().verifyIdToken, typeof app.firestore().doc, typeof app.messaging().send];
};
