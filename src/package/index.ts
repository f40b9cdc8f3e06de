export {howToRun} from './commands.ts'
export {builtFile, isCheckout, packageRoot, packageVersion} from './files.ts'
