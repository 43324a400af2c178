/** See exercises.mjs. */
export interface Exercise {
  name: string;
  file: string;
  late: string;
  packages: string[];
}
export function readExercises(): Exercise[];
