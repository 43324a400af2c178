exports.late = 'optional libraries for dates';
exports.packages = ['ical-generator'];
exports.run = async () => {
  const ical = await import('ical-generator');
  return (ical.default.default ?? ical.default)({ name: 'n' }).toString().split('\r\n').length;
};
