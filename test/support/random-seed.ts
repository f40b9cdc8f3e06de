/** The environment variable in which `npm run test:matrix -- schedules` sets the seed of random tests. */
export const seedVariable = 'RANDOM_TEST_SEED'

/** The seed of a random test: its own, unless the environment sets another one. */
export function seedOr(own: number): number {
  const given = process.env[seedVariable]
  return given === undefined ? own : Number(given)
}
