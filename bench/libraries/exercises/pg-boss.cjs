exports.late = 'SQL, a worker of maintenance';
exports.packages = ['pg-boss'];
exports.run = async () => {
  const boss = await import('pg-boss');
  const PgBoss = boss.PgBoss ?? boss.default;
  return [
    PgBoss.getConstructionPlans?.().length > 1000 || (await import('pg-boss')).getConstructionPlans().length > 1000,
  ];
};
