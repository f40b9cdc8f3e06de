import {isExpression, isPath, isPlaceholder, isStandIn, looksSecret} from './secret-values.ts'
import type {Span} from './spans.ts'

/** `curl -u user:password` */
const userOption = /(?<=^|\s)(?:-u|--user)[ =]{1,2}["']?[\w.@-]{1,64}:([^\s"'`]{4,128})/g

/** Commands that take a password behind an option of one letter, which has other uses elsewhere. */
const options = [
  // Without a blank: what follows one is the name of the database.
  '(?:mysql|mariadb)[\\w-]{0,12}OTHERS -p',
  '7z[ar]?OTHERS -p',
  'sshpass -p ?',
  '(?:docker|podman|nerdctl|buildah|skopeo|oras|crane auth|helm registry|az|az acr|oc|cf|ibmcloud|argocd) {1,2}loginOTHERS -p[ =]{1,2}',
  'mongo(?:sh|dump|restore|export|import)?OTHERS -p[ =]{1,2}',
  '(?:sqlcmd|bcp|zip|unzip)OTHERS -P {0,2}',
  'redis-cliOTHERS -a {1,2}',
  'ldap(?:search|add|modify|delete|whoami|passwd)OTHERS -w {1,2}',
]
  .join('|')
  // The same command, also on several lines.
  .replaceAll('OTHERS', '(?:[^\\n|;&\\\\]|\\\\\\r?\\n){0,200}?')
const command = new RegExp(
  `(?<![\\w-])(?:${options})(?:"([^"\\n]{1,128})"|'([^'\\n]{1,128})'|([^\\s"'\`|;]{0,127}[^\\s"'\`|;,.)]))`,
  'g',
)

/** Passwords in the options of commands. */
export function findInCommands(text: string): Span[] {
  const users = [...text.matchAll(userOption)].filter(({1: password = ''}) => looksSecret(password, 4))
  const others = [...text.matchAll(command)].filter((match) => isPassword(passwordIn(match)))
  return [...users, ...others].map((match) => {
    const end = match.index + match[0].length - (/["']$/.test(match[0]) ? 1 : 0)
    return {start: end - passwordIn(match).length, end}
  })
}

function passwordIn(match: RegExpMatchArray): string {
  return match.slice(1).find((group) => group !== undefined) ?? ''
}

/** Not a port or an address, as in `docker run -p 127.0.0.1:80:80`, nor a further option. */
function isPassword(text: string): boolean {
  if (/^-|^\d{1,5}$|^[\d.]+:\d/.test(text) || text.length < 3) return false
  return !isPlaceholder(text) && !isStandIn(text) && !isExpression(text) && !isPath(text)
}
