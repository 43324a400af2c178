exports.late = 'protocols by dynamic import';
exports.packages = ['puppeteer-core'];
exports.run = async () => {
  const puppeteer = await import('puppeteer-core');
  const launch = (puppeteer.default ?? puppeteer).launch({ executablePath: '/nonexistent' });
  return [
    Object.keys(puppeteer.KnownDevices).length > 50,
    await launch.catch((error) => error.message.split(' at ')[0]),
  ];
};
