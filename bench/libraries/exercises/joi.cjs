exports.late = 'messages and types';
exports.packages = ['joi'];
exports.run = async () => {
  const Joi = require('joi');
  return Joi.object({ a: Joi.string().email().required() }).validate({ a: 'x' }).error.message;
};
