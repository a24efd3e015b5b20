// What peers on PostgreSQL do with jobs that do nothing, at their best settings:
//
//     pg_peers.mjs FOLDER URI PEER JOBS
//
// FOLDER is where npm has put them. Prints jobs a second that are stored by bulk, and then jobs a second that are
// taken, "executed" and recorded as done. Each works in a schema of its own, which is taken away at the end.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, uri, peer, count] = process.argv.slice(2);
const jobs = Number(count);
const load = createRequire(resolve(folder, "package.json"));
const { Pool } = load("pg");
const url = new URL(uri.replace("///", "//x/"));
const pool = new Pool({
	host: url.searchParams.get("host"),
	user: url.searchParams.get("user"),
	database: url.pathname.slice(1),
	max: 12,
});

async function rate(work) {
	const begin = performance.now();

	await work();
	return Math.round((jobs * 1000) / (performance.now() - begin));
}

// A local queue, and completions in batches.
async function graphile() {
	const { run, runMigrations } = load("graphile-worker");
	const schema = "bench_graphile";
	let done = 0;

	await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
	await runMigrations({ pgPool: pool, schema });
	const stored = await rate(() =>
		pool.query(
			`SELECT count(*) FROM ${schema}.add_jobs(ARRAY(SELECT json_populate_record(NULL::${schema}.job_spec,
			json_build_object('identifier', 'none', 'payload', json_build_object('id', i)))
			FROM generate_series(1, $1) i))`,
			[jobs],
		),
	);
	await pool.query(`VACUUM ANALYZE`);
	const taken = await rate(async () => {
		let all;
		const end = new Promise((ok) => (all = ok));
		const runner = await run({
			pgPool: pool,
			noHandleSignals: true,
			preset: {
				worker: {
					schema,
					concurrentJobs: 24,
					localQueue: { size: 500 },
					completeJobBatchDelay: 0,
					failJobBatchDelay: 0,
				},
			},
			taskList: {
				none: () => {
					if (++done === jobs) all();
				},
			},
		});
		await end;
		await runner.stop();
	});
	await pool.query(`DROP SCHEMA ${schema} CASCADE`);
	return [stored, taken];
}

// Batches of 5000, two at a time.
async function boss() {
	const PgBoss = load("pg-boss");
	const schema = "bench_boss", batch = 5000;
	let left = jobs;

	await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
	const db = { executeSql: (text, values) => pool.query(text, values) };
	const b = new PgBoss({ db, schema, supervise: false, schedule: false });

	await b.start();
	await b.createQueue("none");
	const stored = await rate(async () => {
		for (let at = 0; at < jobs; at += batch)
			await b.insert(Array.from({ length: Math.min(batch, jobs - at) }, () => ({ name: "none" })));
	});
	await pool.query(`VACUUM ANALYZE`);
	const worker = async () => {
		while (left > 0) {
			const got = await b.fetch("none", { batchSize: batch });

			if (got.length === 0) break;
			await b.complete("none", got.map((job) => job.id));
			left -= got.length;
		}
	};
	const taken = await rate(() => Promise.all([worker(), worker()]));
	if (left > 0) throw new Error(`${left} jobs were not taken`);
	await b.stop({ graceful: false });
	await pool.query(`DROP SCHEMA ${schema} CASCADE`);
	return [stored, taken];
}

const peers = { "graphile-worker": graphile, "pg-boss": boss };

pool.on("error", () => {});
console.log((await peers[peer]()).join("\n"));
process.exit(0);
