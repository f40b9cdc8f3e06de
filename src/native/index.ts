export {
  adviceOf,
  backUpDatabase,
  backUpDatabaseFile,
  databaseSuffixes,
  makeFilesPrivate,
  storageError,
} from './database-file.ts'
export {type ExclusiveLock, takeExclusiveLock} from './exclusive-lock.ts'
export {installationSecret} from './installation-secret.ts'
export {applyMigrations, type Migration} from './migrate.ts'
export {importNative, isNotInstalled, requireNative} from './native-package.ts'
export {
  createPrivateFile,
  exposureOf,
  keepOthersFromWriting,
  makePrivate,
  makePrivateFile,
  makePrivateFolder,
} from './private-files.ts'
export {replacePrivateFile} from './replace-private-file.ts'
export {openSmallDatabase, type SmallDatabase, type SmallDatabaseOptions} from './small-database.ts'
export {openSqlite, type SqliteDatabase, sqliteCodeOf} from './sqlite.ts'
export {checkpoint, emptyWriteAheadLog} from './write-ahead-log.ts'
