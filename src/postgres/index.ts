export {applyPostgresMigrations, type PostgresMigration, schema} from './migrations.ts'
export {openPostgres, type Postgres, type PostgresOptions, type Queries} from './open-postgres.ts'
export {isTransient, postgresError} from './postgres-error.ts'
export {storable} from './storable.ts'
