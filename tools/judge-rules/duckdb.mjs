// Runs a file of SQL on DuckDB in the current directory and prints the rows of each query, tab
// by tab: node duckdb.mjs MODULES FILE..., where MODULES/node_modules holds @duckdb/node-api.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, ...files] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(modules + '/')('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
console.error('DuckDB ' + (await connection.runAndReadAll('SELECT version()')).getRows()[0][0]);
for (const file of files) {
  const statements = await connection.extractStatements(readFileSync(file, 'utf8'));
  for (let i = 0; i < statements.count; i++) {
    const prepared = await statements.prepare(i);
    const rows = (await prepared.runAndReadAll()).getRows();
    if (prepared.statementType === 1) { // SELECT
      for (const row of rows) console.log(row.map((v) => (v === null ? '' : String(v))).join('\t'));
    }
  }
}
