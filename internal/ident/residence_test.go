package ident

import "testing"

func TestPermanentResidence(t *testing.T) {
	for in, want := range map[string]Reason{
		"911124198108030024": Valid, // the specimen of the card of 2023
		"911124198108030023": Check,
		"811124198108030024": Character,
		"911124198102300024": Date,
		"916124198108030024": Region,
		"911000198108030024": Region,
		"91112419810803002":  Length,
		"":                   Length,
		"CAN110081080310":    OldForm,
		"CAN110081023010":    Date,
		"CAN110000022910":    OldForm, // a 29 February of 2000
		"can110081080310":    Character,
		"CAN990081080310":    Region,
	} {
		if got := PermanentResidence([]byte(in)); got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
}

// Every change of one digit must be noticed.
func TestPermanentResidenceNoticesEverySubstitution(t *testing.T) {
	const good = "911124198108030024"
	for i := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			b := []byte(good)
			if b[i] == d {
				continue
			}
			if b[i] = d; PermanentResidence(b) == Valid {
				t.Errorf("digit %d changed to %c goes unnoticed", i, d)
			}
		}
	}
}
