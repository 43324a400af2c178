exports.late = 'a driver beside the code, run as files';
exports.packages = ['playwright-core'];
exports.run = async () => {
  const { chromium, devices } = require('playwright-core');
  return [
    Object.keys(devices).length > 50,
    await chromium.launch({ executablePath: '/nonexistent' }).catch((error) => error.name),
  ];
};
