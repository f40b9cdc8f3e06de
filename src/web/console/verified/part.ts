/** Verified answers, in a script of their own. */
export {VerifiedForm} from './verified-form.ts'
export {VerifiedView} from './verified-view.ts'
