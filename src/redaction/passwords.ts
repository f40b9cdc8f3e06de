import {findNamedValues} from './named-values.ts'
import {isPlaceholder, looksSecret} from './secret-values.ts'
import type {Span} from './spans.ts'

/** Passwords by their names, in addresses, and in the options of commands. */
export function findPasswords(text: string): Span[] {
  return [...findNamedValues(text, 'password'), ...inAddresses(text), ...inOptions(text)]
}

/** `password`, `personal_access_token` */
const standIn = /^(?:[a-z]{1,20}_){0,3}(?:password|passwd|pass|pwd|token)$/i

/** `postgres://user:password@host` */
const userInfo =
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:@/?#"'<>]{0,128}:([^\s/?#"'<>]{1,256})@(?=[\p{L}\p{N}[$<{-])/giu

function inAddresses(text: string): Span[] {
  return [...text.matchAll(userInfo)].flatMap(({0: found, 1: password = '', index}) => {
    const end = index + found.length - 1
    const isPort = /^\d{1,5}$/.test(password)
    const isSecret = !isPlaceholder(password) && !standIn.test(password) && !isPort
    return isSecret ? [{start: end - password.length, end}] : []
  })
}

/** `curl -u user:password` */
const userOption = /(?<=^|\s)(?:-u|--user)[ =]{1,2}["']?[\w.@-]{1,64}:([^\s"'`]{4,128})/g

function inOptions(text: string): Span[] {
  return [...text.matchAll(userOption)].flatMap(({0: found, 1: password = '', index}) => {
    const end = index + found.length
    return looksSecret(password, 4) ? [{start: end - password.length, end}] : []
  })
}
