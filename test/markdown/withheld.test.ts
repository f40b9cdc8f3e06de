import {describe, expect, test} from 'vitest'
import {withheldReason} from '../../src/markdown/withheld.ts'

describe('what lies in the content folder and is never shown', () => {
  test.each([
    '.env',
    '.ENV',
    '.env.production',
    '.env.md',
    '.env.d/keys.md',
    '.envrc',
    'deploy/prod.env',
    '.git/config',
    '.git/COMMIT_EDITMSG.md',
    'vendor/.git/config',
    '.gitconfig',
    '.npmrc',
    'home/.netrc',
    '_netrc',
    '.ssh/known_hosts',
    '.ssh/notes.md',
    'tls/server.pem',
    'tls/server.KEY',
    'tls/store.p12',
    'id_rsa',
    'keys/id_ed25519.pub',
    'node_modules/left-pad/README.md',
    'a/Node_Modules/b.js',
    '.github/workflows/deploy.yml',
    '.vscode/settings.json',
    '.includes/note.txt',
  ])('%s', (path) => {
    expect(withheldReason(path)).not.toBeNull()
  })

  test.each([
    'guide.md',
    'code/env.ts',
    'environment.md',
    'keys.md',
    'id_rsa.md',
    'tls/server.key.md',
    'monkey',
    'public.crt',
    '.includes/note.md',
    '.environments/list.md',
    '.snippets/x.mdx',
    '.github/CONTRIBUTING.md',
    '.generated/list.markdown',
    'gitignore.txt',
  ])('%s may be shown', (path) => {
    expect(withheldReason(path)).toBeNull()
  })
})
