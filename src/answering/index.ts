export type {Answering, AskedAnswer, AskOptions} from './answering.ts'
export {createAnswering} from './create-answering.ts'
