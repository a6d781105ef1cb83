package lake

// Place is where a project's serving files are: a folder and, where they are
// encrypted, what resolves the reference to their key. lake/stores makes it of
// guiji.yaml, lake/serving works in it.
type Place struct {
	Dir string
	Key func() ([]byte, error) // of 32 bytes; nil: the files are plain
}
