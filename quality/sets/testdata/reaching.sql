copy image to '/tmp/x.csv'
true); copy image to '/tmp/x.csv'; select (true
(copy (select 1) to '/tmp/x')
exists (from read_csv('/etc/passwd'))
exists (from read_csv_auto('/etc/passwd'))
exists (from read_parquet('s3://bucket/x.parquet'))
exists (from read_json('http://127.0.0.1/x'))
exists (from read_text('/etc/passwd'))
exists (from read_blob('/etc/passwd'))
exists (select * from '/etc/passwd')
exists (from '/tmp/*.parquet')
exists (from "/etc/passwd")
exists (from glob('/*'))
exists (from sniff_csv('/etc/passwd'))
exists (from parquet_metadata('/tmp/x.parquet'))
exists (from duckdb_secrets())
exists (from query('select 1'))
exists (from query_table('secret'))
exists (from sqlite_scan('/tmp/x.db', 't'))
exists (from postgres_scan('host=127.0.0.1', 's', 't'))
exists (from pragma_database_list())
(values (1)) = 1
(from secret) = 1
(table secret) = 1
read_text('/etc/passwd') is null
read_csv('/etc/passwd') is null
glob('/*') is null
attach '/tmp/x.db'
true); attach '/tmp/x.db' as y; select (true
install httpfs
true); install httpfs; load httpfs; select (true
load '/tmp/x.so'
pragma database_list
true); pragma enable_profiling; select (true
set memory_limit = '1TB'
true); set enable_external_access = true; select (true
reset memory_limit
export database '/tmp/x'
import database '/tmp/x'
checkpoint
true); call pragma_version(); select (true
prepare q as select 1
execute q
insert into secret values (2)
update secret set v = 2
delete from secret
true); create secret (type s3); select (true
with x as (select 1) select true
with x as materialized (from read_csv('/etc/passwd')) select true
getenv('PATH') = a
"getenv"('PATH') = a
main.getenv('PATH') = a
system.main.getenv('PATH') = a
'PATH'.getenv() = a
which_secret('x', 's3') is null
current_database() = a
current_query() = a
txid_current() > 0
pg_typeof(a) = 'x'
nextval('secret') = 1
currval('secret') = 1
setseed(0.5) is null
gen_random_uuid() is null
today() = current_date
icu_sort_key(a, 'zh') is null
getvariable('x') = 1
in_search_path('a', 'b')
write_log(a) is null
parse_path(a) is null and exists (from secret)
list_aggregate([n], 'sum') = 1
[x for x in [n]] = [1]
apply([n], x -> (select v from secret)) is null
n = any (select v from secret)
n = all (from secret)
(n, a) in (from secret, secret)
struct_pack(x := getenv('PATH')).x = a
{'x': getenv('PATH')}.x = a
case when getenv('PATH') = a then true end
cast(getenv('PATH') as boolean)
coalesce(getenv('PATH'), '') = ''
n between 1 and (select v from secret)
a collate "zh.pinyin" = a and exists (from secret)
a = $$x$$ and getenv($$PATH$$) = a
try(getenv('PATH')) = a
