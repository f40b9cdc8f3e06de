import {guestTests} from './guest-tests.ts'
import {material} from './kinds.ts'

await guestTests(material)
