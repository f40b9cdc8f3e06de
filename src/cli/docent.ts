/**
 * The `docent` command. Each of its commands is loaded on demand.
 */
import {packageVersion} from '../package/index.ts'
import type {Command} from './command.ts'

interface KnownCommand {
  /** One line for the list of commands. */
  readonly about: string
  readonly load: () => Promise<Command>
}

const commands: Readonly<Record<string, KnownCommand>> = {
  serve: {
    about: 'answer questions on a web page and over HTTP; ingest first if there is no index',
    load: () => import('./serve/serve-command.ts'),
  },
  mcp: {
    about: 'give agents the docs over the Model Context Protocol, on standard input and output',
    load: () => import('./mcp/mcp-command.ts'),
  },
  ingest: {
    about: 'bring the index up to date with a folder of Markdown',
    load: () => import('./ingest/ingest-command.ts'),
  },
  ask: {
    about: 'ask one question from the terminal',
    load: () => import('./ask/ask-command.ts'),
  },
  eval: {
    about: 'measure retrieval and quoted answers on question sets',
    load: () => import('./eval/eval-command.ts'),
  },
  transcripts: {
    about: 'read, export and purge transcripts',
    load: () => import('./transcripts/transcripts-command.ts'),
  },
  gaps: {
    about: 'list what the docs fail to answer',
    load: () => import('./gaps/gaps-command.ts'),
  },
  verified: {
    about: 'write, publish and withdraw verified answers',
    load: () => import('./verified/verified-command.ts'),
  },
  withdraw: {
    about: 'take a page that was removed from the docs out of kept builds and transcripts',
    load: () => import('./withdraw/withdraw-command.ts'),
  },
  backup: {
    about:
      'copy transcripts, people, verified answers, gaps and golden questions to a folder, also while the server runs',
    load: () => import('./backup/backup-command.ts'),
  },
  staff: {
    about: 'invite people, switch them off, read the audit log',
    load: () => import('./staff/staff-command.ts'),
  },
}

const usage = `Usage: docent COMMAND [options]

${Object.entries(commands)
  .map(([name, {about}]) => `  ${name.padEnd(13)}${about}`)
  .join('\n')}

  --help       docent COMMAND --help lists the options of a command
  --version

Settings are read from the environment or from a file .env in the working folder.`

process.exitCode = await main(process.argv.slice(2))

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(usage)
    return 0
  }
  if (name === '--version') {
    console.log(packageVersion())
    return 0
  }
  if (name === undefined) {
    console.error(usage)
    return 2
  }
  if (!Object.hasOwn(commands, name)) {
    const what = name.startsWith('-') ? 'an option' : 'a command'
    console.error(
      `${JSON.stringify(name)} is not ${what} of docent. The commands are ${Object.keys(commands).join(', ')}; docent --help describes them.`,
    )
    return 2
  }
  const command = await commands[name]!.load()
  return command.run(args)
}
