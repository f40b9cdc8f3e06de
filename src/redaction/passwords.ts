import {findInCommands} from './commands.ts'
import {findNamedValues} from './named-values.ts'
import {isPlaceholder, looksSecret} from './secret-values.ts'
import type {Span} from './spans.ts'

/** Passwords by their names, in addresses, and in the options of commands. */
export function findPasswords(text: string): Span[] {
  return [...findNamedValues(text, 'password'), ...inAddresses(text), ...findInCommands(text)]
}

/** `password`, `personal_access_token`, and what GitHub and Bitbucket want beside a token. */
const standIn = /^(?:(?:[a-z]{1,20}_){0,3}(?:password|passwd|pass|pwd|token)|x-oauth-basic|x-token-auth)$/i

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

/** `https://token@host`, `https://token:x-oauth-basic@host` */
const tokenAsUser =
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}:\/\/([\w.~%+-]{12,128})(?::[^\s/?#"'<>]{0,256})?@(?=[\p{L}\p{N}])/giu

/** Tokens that an address has in place of its user. */
export function findTokensInAddresses(text: string): Span[] {
  return [...text.matchAll(tokenAsUser)].flatMap(({0: found, 1: user = '', index}) => {
    const start = index + found.indexOf('://') + 3
    // A login has words in it, a token a long run of letters and digits.
    const isToken = /[A-Za-z\d]{20}|:x-/.test(found) && /\d/.test(user) && looksSecret(user, 12)
    return isToken ? [{start, end: start + user.length}] : []
  })
}
