import {guestTests} from './guest-tests.ts'
import {mkdocs} from './kinds.ts'

await guestTests(mkdocs)
