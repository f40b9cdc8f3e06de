import {ar} from './ar.ts'
import {de} from './de.ts'
import {en} from './en.ts'
import {es} from './es.ts'
import {fr} from './fr.ts'
import type {LocaleTag} from './index.ts'
import {ja} from './ja.ts'
import type {Strings} from './strings.ts'
import {zhCN} from './zh-cn.ts'

/** The strings of all languages, for the build, which writes one file per language. */
export const allStrings: Readonly<Record<LocaleTag, Strings>> = {en, de, es, fr, ja, 'zh-CN': zhCN, ar}
