/** Where `npm run test:matrix -- schedules` names the seed that random tests shall begin with. */
export const seedVariable = 'RANDOM_TEST_SEED'

/** The seed of a random test: its own, unless it is run again with another one. */
export function seedOr(own: number): number {
  const given = process.env[seedVariable]
  return given === undefined ? own : Number(given)
}
