import type {Tool} from './tool.ts'
import {fetchDoc, search} from './tools/deep-research.ts'
import {getDoc} from './tools/get-doc.ts'
import {listDocs} from './tools/list-docs.ts'
import {searchDocs} from './tools/search-docs.ts'

/** In the order in which clients list them: always the same, so that a model's cached prompt stays valid. */
export const tools: readonly Tool[] = [searchDocs, getDoc, listDocs, search, fetchDoc]
