import {DocentError} from '../domain/index.ts'
import type {SqliteDatabase} from './sqlite.ts'

export interface Migration {
  readonly name: string
  readonly sql: string
}

/**
 * Applies the missing migrations by name, in this order, each in its own transaction.
 * @throws DocentError `storage` if the file was written by a newer Docent or belongs to another program.
 */
export function applyMigrations(db: SqliteDatabase, file: string, steps: readonly Migration[]): void {
  const applied = appliedMigrations(db, file)
  const unknown = applied.filter((name) => !steps.some((step) => step.name === name))
  if (unknown.length > 0) {
    throw new DocentError(
      'storage',
      `${file} was written by a newer Docent (it has ${unknown.join(', ')}). Run that version, or point DATA_DIR elsewhere.`,
    )
  }
  db.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)')
  for (const step of steps) {
    if (applied.includes(step.name)) continue
    db.transaction(() => {
      // Another process may have applied it since.
      if (db.prepare('SELECT 1 FROM migrations WHERE name = ?').get(step.name) !== undefined) return
      db.exec(step.sql)
      db.prepare('INSERT INTO migrations (name, applied_at) VALUES (?, ?)').run(
        step.name,
        new Date().toISOString(),
      )
    }).immediate()
  }
}

function appliedMigrations(db: SqliteDatabase, file: string): string[] {
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[]
  if (tables.length === 0) return []
  if (!tables.includes('migrations')) {
    throw new DocentError(
      'storage',
      `${file} is a SQLite database of another program (tables ${tables.slice(0, 5).join(', ')}). Point DATA_DIR elsewhere.`,
    )
  }
  return db.prepare('SELECT name FROM migrations ORDER BY name').pluck().all() as string[]
}
