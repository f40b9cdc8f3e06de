import {guestTests} from './guest-tests.ts'
import {docusaurus} from './kinds.ts'

await guestTests(docusaurus)
