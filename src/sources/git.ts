import {spawn} from 'node:child_process'
import {devNull} from 'node:os'
import {cleanText} from '../lib/clean-text.ts'

/** How git is run: what it finds in its environment, and the secret for the server. */
export interface GitAccess {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A token, or `user:password`, for servers over HTTP; null for none. */
  readonly token: string | null
}

export interface GitRun extends GitAccess {
  /** The address of the repository: the only server that may be spoken to and given the token. */
  readonly url: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Why git did not do what it was asked. `message` has what git said, cleaned and without the token. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure'
  readonly kind: 'not-installed' | 'timeout' | 'failed'

  constructor(kind: GitFailure['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

const maxOutputBytes = 1024 * 1024
/** Of what git says about a failure, the end. */
const maxErrorBytes = 16 * 1024

/**
 * Runs a command beside a process that waits for the end of this one, which closes the pipe, and then kills their group:
 * a process that is killed cannot do it itself.
 */
const endsWithParent = [
  'sh',
  '-c',
  '{ read -r _ <&3; kill -s KILL 0; } >/dev/null 2>&1 & exec "$@" 3<&-',
  'sh',
]

/**
 * Runs git without questions to anybody and without programs that a repository or its checkout could start. It runs in a
 * process group of its own, which has no terminal to ask on and is killed as one.
 * @returns what it wrote to standard output.
 * @throws GitFailure; the signal's reason when aborted.
 */
export function runGit(args: readonly string[], run: GitRun): Promise<string> {
  const {signal, timeoutMs, token} = run
  signal?.throwIfAborted()
  const isGroup = process.platform !== 'win32'
  const [command, ...rest] = [...(isGroup ? endsWithParent : []), 'git', ...configOf(run), ...args]
  const child = spawn(command!, rest, {
    env: environmentOf(run),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: isGroup,
    windowsHide: true,
  })
  let output = ''
  let errors = ''
  let failure: unknown = null

  const stop = (reason: unknown): void => {
    failure ??= reason
    try {
      if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // It has ended.
    }
  }
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.length > maxOutputBytes) stop(new GitFailure('failed', 'it sent more than can be read'))
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-maxErrorBytes)
  })
  const timer = setTimeout(
    () => stop(new GitFailure('timeout', `it took longer than ${Math.round(timeoutMs / 1000)} s`)),
    timeoutMs,
  )
  const onAbort = (): void => stop(signal?.reason)
  signal?.addEventListener('abort', onAbort, {once: true})
  const onExit = (): void => stop(new GitFailure('failed', 'this process ended'))
  process.once('exit', onExit)

  return new Promise<string>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      child.stdio[3]?.destroy()
      reject(
        error.code === 'ENOENT'
          ? notInstalled()
          : new GitFailure('failed', `git does not start: ${error.message}`),
      )
    })
    child.once('exit', () => {
      // The process that waits is in the group.
      stop(null)
      child.stdio[3]?.destroy()
    })
    child.once('close', (code, endedBy) => {
      if (failure !== null) reject(failure)
      else if (code === 0) resolve(output)
      else if (isGroup && code === codeOfMissing) reject(notInstalled())
      else reject(new GitFailure('failed', shownErrors(errors, token) || `git ended with ${endedBy ?? code}`))
    })
  }).finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    process.off('exit', onExit)
  })
}

/** Of a shell that does not find a command. */
const codeOfMissing = 127

function notInstalled(): GitFailure {
  return new GitFailure('not-installed', 'there is no git on this machine; install it, and try again')
}

/** Server and token for the credential helper below. It prints them only when git asks for this server. */
const helper =
  '!f() { test "$1" = get && printf \'username=%s\\npassword=%s\\n\' "$DOCENT_GIT_USER" "$DOCENT_GIT_PASSWORD"; }; f'
/** GitHub demands this name for tokens of apps; for other tokens it and GitLab take any. */
const userOfTokens = 'x-access-token'

function environmentOf({environment, token}: GitRun): NodeJS.ProcessEnv {
  const at = token?.indexOf(':') ?? -1
  return {
    ...environment,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GIT_OPTIONAL_LOCKS: '0',
    ...(token === null
      ? {}
      : {
          DOCENT_GIT_USER: at < 0 ? userOfTokens : token.slice(0, at),
          DOCENT_GIT_PASSWORD: token.slice(at + 1),
        }),
  }
}

/** Everything that git is configured to do here, whatever the configuration of its user says. None of it is secret. */
function configOf({url, token}: GitRun): string[] {
  const config = [
    'protocol.allow=never',
    'protocol.ext.allow=never',
    ...protocolsOf(url).map((protocol) => `protocol.${protocol}.allow=always`),
    `core.hooksPath=${devNull}`,
    'core.fsmonitor=false',
    'core.autocrlf=false',
    'core.askPass=',
    'core.sparseCheckout=true',
    'core.sparseCheckoutCone=false',
    'advice.detachedHead=false',
    'gc.auto=0',
    'maintenance.auto=false',
    'submodule.recurse=false',
    'fetch.recurseSubmodules=false',
    'filter.lfs.smudge=',
    'filter.lfs.process=',
    'filter.lfs.required=false',
    'http.lowSpeedLimit=100',
    'http.lowSpeedTime=120',
    'credential.helper=',
    ...(token === null ? [] : [`credential.${new URL(url).origin}.helper=${helper}`]),
  ]
  return config.flatMap((entry) => ['-c', entry])
}

/** An `insteadOf` of the user's may turn https into ssh and back. */
function protocolsOf(url: string): string[] {
  const protocol = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? 'ssh'
  return protocol === 'https' || protocol === 'ssh' ? ['https', 'ssh'] : [protocol]
}

/** What git says whatever went wrong. */
const saysNothing =
  /^(?:Cloning into|warning: (?:filtering|You appear)|fatal: Could not read from remote|Please make sure you have the correct|and the repository exists)/

function shownErrors(errors: string, token: string | null): string {
  const lines = withoutToken(cleanText(errors), token)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !saysNothing.test(line))
  return lines.slice(-3).join(' ').slice(-600)
}

/** A server may send back what it was sent. */
function withoutToken(text: string, token: string | null): string {
  if (token === null) return text
  const password = token.slice(token.indexOf(':') + 1)
  const user = token.includes(':') ? token.slice(0, token.indexOf(':')) : userOfTokens
  const forms = [
    password,
    encodeURIComponent(password),
    Buffer.from(password).toString('base64'),
    Buffer.from(`${user}:${password}`).toString('base64'),
  ]
  return forms.filter(Boolean).reduce((shown, form) => shown.replaceAll(form, '…'), text)
}
