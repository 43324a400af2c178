/**
 * Runs `action` for every subject in turn, `runs` times over; gives the numbers by subject. Each turn begins with another
 * subject: what goes before leaves traces. The first turn does not count.
 */
export async function interleaved(runs, subjects, action) {
  const numbers = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  const entries = Object.entries(subjects);
  for (let turn = 0; turn <= runs; turn++) {
    const first = turn % entries.length;
    for (const [name, subject] of [...entries.slice(first), ...entries.slice(0, first)]) {
      const number = await action(subject);
      if (turn > 0) numbers[name].push(number);
    }
  }
  return numbers;
}
