exports.late = 'dialects by name, drivers by name';
exports.packages = ['sequelize', 'pg', 'mysql2'];
exports.run = async () => {
  const { Sequelize, DataTypes } = require('sequelize');
  const answers = [];
  for (const dialect of ['postgres', 'mysql']) {
    const sequelize = new Sequelize('d', 'u', 'p', { dialect, host: '127.0.0.1', port: 9, logging: false });
    sequelize.define('t', { a: DataTypes.STRING });
    answers.push(
      sequelize.getQueryInterface().queryGenerator.selectQuery('t', { where: { a: 'x' } }),
      await sequelize.authenticate().catch((error) => error.name),
    );
  }
  return answers;
};
