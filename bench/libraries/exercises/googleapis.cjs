exports.late = 'one API of several hundred, by name';
exports.packages = ['googleapis'];
exports.run = async () => {
  const { google } = require('googleapis');
  const drive = google.drive({ version: 'v3', auth: 'key' });
  return [typeof drive.files.list, Object.keys(google).length > 100, google.sheets('v4').spreadsheets.values.get.name];
};
