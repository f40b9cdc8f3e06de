import {guestTests} from './guest-tests.ts'
import {vitepress} from './kinds.ts'

await guestTests(vitepress)
