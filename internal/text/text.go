// Package text is the one catalogue of messages a person reads, in Chinese and
// English. Rooms keep their messages in one file each (messages_<room>.go); a
// test fails when a key in use is missing or lacks a language. Logs are English
// and do not come from here.
package text

import (
	"fmt"
	"os"
	"strings"
)

// Lang is a language of messages.
type Lang string

// The languages.
const (
	EN Lang = "en"
	ZH Lang = "zh"
)

// Key names a message: "room.what".
type Key string

// Message is one message in both languages. Verbs are numbered (%[1]s) so that
// each language orders them as it reads best.
type Message struct{ EN, ZH string }

// Format renders the message of key. An unknown key is rendered as itself with
// its arguments, so that nothing is lost; the catalogue's test refuses it.
func Format(lang Lang, key Key, args ...any) string {
	m, ok := Messages(key)
	if !ok {
		return strings.TrimSpace(fmt.Sprintln(append([]any{string(key)}, args...)...))
	}
	s := m.EN
	if lang == ZH {
		s = m.ZH
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// Messages finds a message in the rooms' catalogues.
func Messages(key Key) (Message, bool) {
	for _, c := range catalogues() {
		if m, ok := c[key]; ok {
			return m, true
		}
	}
	return Message{}, false
}

// Detect picks the language: the flag, then the project's setting, then LANG.
func Detect(flag, project string) Lang {
	for _, v := range []string{flag, project, os.Getenv("LC_ALL"), os.Getenv("LANG")} {
		switch {
		case strings.HasPrefix(v, "zh"):
			return ZH
		case strings.HasPrefix(v, "en"), v == "C", v == "POSIX":
			return EN
		}
	}
	return ZH
}

// catalogues lists the rooms' messages.
func catalogues() []map[Key]Message {
	return []map[Key]Message{
		catalogMessages, connectorMessages, lakeMessages, qualityMessages,
		transformMessages, pipelineMessages, commandMessages, engineMessages, scheduleMessages,
		reportMessages, usageMessages,
		mysqlMessages, onesourceMessages, linkMessages,
		csvfileMessages, filesMessages, excelMessages, s3filesMessages, remoteMessages, sftpfilesMessages, parquetfileMessages, sqliteMessages, execMessages, httpapiMessages, runMessages, resilienceMessages,
		keepMessages,
		incrementMessages, encryptionMessages, postgresMessages,
		publishMessages, notifyMessages, deliverMessages, watchMessages,
		discoverMessages,
		disputeMessages,
		jsonlMessages,
		registerMessages, duplicatesMessages,
		recheckMessages, profileMessages,
		checkFileMessages, returnedMessages,
		ordersMessages,
	}
}
