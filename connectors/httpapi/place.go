package httpapi

import "net/url"

// Place names a table for lineage: the API's origin, and the resource's path on it.
func (s *Settings) Place(_, table string) (namespace, name string) {
	base, err := parseBase(s.BaseURL)
	if err != nil {
		return "", ""
	}
	path := base.Path
	if t := s.Tables[table]; t.Path != "" {
		path = base.JoinPath(t.Path).Path
	}
	return (&url.URL{Scheme: base.Scheme, Host: base.Host}).String(), path + "#" + table
}
