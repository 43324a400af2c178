exports.late = 'ES modules only, data as modules';
exports.packages = ['franc'];
exports.run = async () => {
  return (await import('franc')).franc('Alle Menschen sind frei und gleich an Würde und Rechten geboren');
};
