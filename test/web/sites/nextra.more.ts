import {guestTests} from './guest-tests.ts'
import {nextra} from './kinds.ts'

await guestTests(nextra)
