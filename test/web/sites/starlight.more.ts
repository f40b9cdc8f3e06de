import {guestTests} from './guest-tests.ts'
import {starlight} from './kinds.ts'

await guestTests(starlight)
