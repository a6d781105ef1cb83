package text

var encryptionMessages = map[Key]Message{
	"lake.sealed.changed":     {"object %[1]s does not open: it was changed, cut, moved or never sealed", "对象 %[1]s 无法解密：内容被改动、截断、移动，或从未加密"},
	"lake.sealed.key":         {"the store does not open with the key of encryption.key", "用 encryption.key 指定的密钥无法打开存储"},
	"lake.sealed.key.hint":    {"the objects are sealed with another key: give that one; without it they are lost", "存储中的对象以另一密钥加密，请提供原密钥；密钥丢失则数据无法恢复"},
	"lake.sealed.plain":       {"the store holds plain objects, and encryption.store says they are sealed", "存储中的对象未加密，而 encryption.store 要求加密"},
	"lake.sealed.plain.hint":  {"name a new empty folder in store and bring the old one over: guiji copy --from file://OLD", "请将 store 改为新的空目录，再执行 guiji copy --from file://原目录 迁入数据"},
	"lake.sealed.marked":      {"the objects of the store %[1]s are sealed, and encryption.store is not set", "存储 %[1]s 中的对象已加密，但未设置 encryption.store"},
	"lake.sealed.marked.hint": {"set encryption.store: sm4-gcm and encryption.key in guiji.yaml; to make it plain, name a new store and run guiji copy --from file://OLD --from-key '${NAME}'", "请在 guiji.yaml 中设置 encryption.store: sm4-gcm 与 encryption.key；如需改为明文，请将 store 指向新目录并执行 guiji copy --from file://原目录 --from-key '${变量名}'"},
	"lake.sealed.for":         {"encryption.store %[1]q does not fit the store %[2]s", "encryption.store %[1]q 不适用于存储 %[2]s"},
	"lake.sealed.for.hint":    {"sm4-gcm is for file://, sse-s3 and sse-kms:<key id> are for s3://", "sm4-gcm 用于 file://，sse-s3 与 sse-kms:<密钥标识> 用于 s3://"},
	"lake.encryption.key":     {"the key of %[1]s", "%[1]s 的密钥"},
	"secret.hex":              {"the key must be %[1]d hex digits (%[2]d bytes)", "密钥须为 %[1]d 位十六进制数（%[2]d 字节）"},
	"secret.hex.hint":         {"make one: openssl rand -hex %[1]d", "可用 openssl rand -hex %[1]d 生成"},
	"lake.s3.sse":             {"the object store %[1]s did not encrypt an object although it was asked to (%[2]s)", "对象存储 %[1]s 未按要求加密对象（%[2]s）"},
	"lake.s3.sse.hint":        {"give the store its key management (MinIO: MINIO_KMS_SECRET_KEY or KES), or take encryption.store out of guiji.yaml", "请为对象存储配置密钥管理（MinIO：MINIO_KMS_SECRET_KEY 或 KES），或去掉 guiji.yaml 的 encryption.store"},
	"engine.key":              {"the database file %[1]s does not open with its key", "数据库文件 %[1]s 无法用其密钥打开"},
}
