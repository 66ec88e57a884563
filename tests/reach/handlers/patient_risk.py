# events: [{"patient": {"id": "p-1", "age": 71, "bp": [150, 95], "bmi": 31.2, "smoker": true}}, {"patient": {"id": "p-2", "age": 30, "bp": [118, 76], "bmi": 22.0, "smoker": false}}]
# safe: patient_id, blood_pressure, weight, risk_points, risk
# unsafe: recommendations (computed last)
RECOMMENDATIONS = {
    "high": ["see a doctor this week", "measure daily"],
    "medium": ["see a doctor this month"],
    "low": [],
}


def lambda_handler(event, context):
    patient = event["patient"]
    systolic, diastolic = patient["bp"]

    # WHO classes
    if systolic >= 180 or diastolic >= 110:
        bp_class = "crisis"
    elif systolic >= 140 or diastolic >= 90:
        bp_class = "hypertension"
    elif systolic >= 130:
        bp_class = "elevated"
    else:
        bp_class = "normal"

    if patient["bmi"] >= 30:
        weight = "obese"
    elif patient["bmi"] >= 25:
        weight = "overweight"
    else:
        weight = "normal"

    points = 0
    points += {"crisis": 5, "hypertension": 3, "elevated": 1}.get(bp_class, 0)
    points += 2 if weight == "obese" else 0
    points += 2 if patient["smoker"] else 0
    points += max(0, (patient["age"] - 50) // 10)

    risk = "high" if points >= 6 else "medium" if points >= 3 else "low"
    recommendations = list(RECOMMENDATIONS[risk])
    if patient["smoker"]:
        recommendations.append("stop smoking")

    return {
        "patient_id": patient["id"],
        "blood_pressure": bp_class,
        "weight": weight,
        "risk_points": points,
        "risk": risk,
        "recommendations": recommendations,
    }
