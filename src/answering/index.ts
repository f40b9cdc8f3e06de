export type {Answering, AskedAnswer} from './answering.ts'
export {createAnswering} from './create-answering.ts'
