import type {Random} from '../../src/lib/random.ts'

export {type Random, seededRandom as randomFrom} from '../../src/lib/random.ts'

export const whole = (random: Random, max: number) => Math.floor(random() * (max + 1))
export const chance = (random: Random, share: number) => random() < share
