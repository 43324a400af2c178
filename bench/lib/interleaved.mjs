/** Runs `action` for every subject in turn, `runs` times over; gives the numbers by subject. The first turn does not count. */
export async function interleaved(runs, subjects, action) {
  const numbers = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let turn = 0; turn <= runs; turn++) {
    for (const [name, subject] of Object.entries(subjects)) {
      const number = await action(subject);
      if (turn > 0) numbers[name].push(number);
    }
  }
  return numbers;
}
