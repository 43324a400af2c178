exports.late = 'drivers';
exports.packages = ['mongoose'];
exports.run = async () => {
  const mongoose = require('mongoose');
  const Thing = mongoose.model('Thing', new mongoose.Schema({ name: { type: String, required: true }, at: Date }));
  return [
    new Thing({ at: 'no date' }).validateSync().message,
    await mongoose.connect('mongodb://127.0.0.1:9/x', { serverSelectionTimeoutMS: 50 }).catch((error) => error.name),
  ];
};
