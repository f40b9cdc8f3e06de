import {guestTests} from './guest-tests.ts'
import {hugo} from './kinds.ts'

await guestTests(hugo)
